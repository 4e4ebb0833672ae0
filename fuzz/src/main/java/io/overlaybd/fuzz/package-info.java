/**
 * A coverage-guided fuzz target for each format that comes from outside.
 *
 * <p>A target takes bytes, hands them to the code that a hostile file or client would reach, and lets only {@link
 * java.io.IOException} pass: anything else is a finding. Where a checksum would hide the code behind it, the target can
 * put it right first. {@code fuzz/run.sh} feeds the targets with new inputs; the inputs kept in {@code fuzz/corpus} are
 * replayed by every test run.
 *
 * <p>May import everything; nothing imports it. Start at {@code TarWrapperFuzz}.
 */
package io.overlaybd.fuzz;
