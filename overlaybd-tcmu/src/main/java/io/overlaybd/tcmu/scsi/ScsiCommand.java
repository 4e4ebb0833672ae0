package io.overlaybd.tcmu.scsi;

import java.io.IOException;

/** What a row of the table does. Stateless, so thread-safe. */
@FunctionalInterface
interface ScsiCommand {

    /**
     * Serves the command. A reply that is not GOOD is a refusal; what could not be done is an exception.
     *
     * @param mayBlock if not, answers null instead of waiting, and is called again with the same transfer when it may
     */
    Reply execute(Cdb cdb, Transfer data, LogicalUnit unit, boolean mayBlock) throws IOException;
}
