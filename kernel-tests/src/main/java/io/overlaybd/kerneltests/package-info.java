/**
 * What the case {@code power} of the trials under a real kernel needs beyond shell. It runs inside of that kernel, on the JDK
 * alone, and imports nothing of ours. Start at {@link io.overlaybd.kerneltests.PowerLoss}.
 */
package io.overlaybd.kerneltests;
