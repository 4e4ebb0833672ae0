/**
 * What to give up first. Pure: no clock, no thread, no I/O, so that a policy can be replayed from a trace.
 *
 * <p><b>What it may import.</b> The JDK. <b>Where to start.</b> {@link io.overlaybd.cache.policy.EvictionPolicy}; a new
 * policy passes its contract test and shows its hit rate on the trace there.
 */
package io.overlaybd.cache.policy;
