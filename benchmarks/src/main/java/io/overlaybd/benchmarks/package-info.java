/**
 * How fast the hot structures are, each beside something to compare it with.
 *
 * <p><b>What lives here.</b> One JMH class per question; build the module, then {@code java -jar
 * benchmarks/target/benchmarks.jar IndexLookup}. And {@link io.overlaybd.benchmarks.LazyImages}, the trials over a slow link,
 * which {@code benchmarks/lazy-images.sh} runs; {@link io.overlaybd.benchmarks.FirstImage}, for {@code
 * benchmarks/first-image.sh}; {@link io.overlaybd.benchmarks.CommitSample}, the data that {@code
 * benchmarks/commit.sh} commits; {@link io.overlaybd.benchmarks.NullBackstore} and
 * {@link io.overlaybd.benchmarks.BareBackstore}, which {@code benchmarks/tcmu.sh} sets beside the daemon.
 *
 * <p><b>What it may import.</b> Every module; none imports this one. <b>Where to start.</b> {@link
 * io.overlaybd.benchmarks.IndexLookupBenchmark}.
 */
package io.overlaybd.benchmarks;
