package io.overlaybd.tcmu.scsi;

import java.io.IOException;

/** READ 6, whose upper three bits of the second byte are nothing. */
final class Read6 implements ScsiCommand {

    @Override
    public Reply execute(Cdb cdb, Transfer data, LogicalUnit unit, boolean mayBlock) throws IOException {
        return Read.read(cdb, data, unit, mayBlock);
    }
}
