/**
 * Fixtures that the tests of every module share.
 *
 * <p><b>What lives here.</b> Contract suites ({@link io.overlaybd.testing.BlobSourceContract}), sources that count, fail
 * or live in memory, the seed of randomised tests, a guard against leaked descriptors and threads, and the way to the
 * vectors that the original tools wrote.
 *
 * <p><b>What it may import.</b> {@code overlaybd-io}, JUnit. The tests of {@code overlaybd-io} itself stand in this
 * module's test folder, since they need these fixtures.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.testing.MemorySource}.
 */
package io.overlaybd.testing;
