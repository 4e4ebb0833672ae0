package io.overlaybd.tcmu.scsi;

import io.overlaybd.io.NoSpaceException;
import io.overlaybd.io.ReadOnlyDeviceException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where an exception becomes an answer of SCSI. It is logged here, since no initiator can be told. */
final class SenseMapper {

    private static final Logger LOG = LoggerFactory.getLogger(SenseMapper.class);

    private SenseMapper() {}

    static Reply reply(ScsiTask task, Throwable failure) {
        if (failure instanceof OutOfMemoryError) {
            LOG.warn("{}: {}", task, failure.toString());
            return Reply.TASK_SET_FULL; // the initiator tries again
        }
        if (failure instanceof WriteFailedException) {
            return writeFailed(task, failure.getCause());
        }
        if (failure instanceof ClosedChannelException) {
            LOG.warn("{}: the image is closed", task);
            return Reply.check(Sense.NOT_READY);
        }
        if (failure instanceof IOException) { // its message says all; anything else is a defect, whose place matters
            LOG.warn("{}: {}", task, failure.toString());
            return Reply.check(Sense.READ_ERROR);
        }
        LOG.error("{}", task, failure);
        return Reply.check(Sense.INTERNAL_FAILURE);
    }

    private static Reply writeFailed(ScsiTask task, Throwable cause) {
        LOG.warn("{}: {}", task, cause.toString());
        if (cause instanceof ClosedChannelException) {
            return Reply.check(Sense.NOT_READY);
        }
        if (cause instanceof NoSpaceException) {
            return Reply.check(Sense.SPACE_ALLOCATION_FAILED);
        }
        return Reply.check(cause instanceof ReadOnlyDeviceException ? Sense.WRITE_PROTECTED : Sense.WRITE_ERROR);
    }
}
