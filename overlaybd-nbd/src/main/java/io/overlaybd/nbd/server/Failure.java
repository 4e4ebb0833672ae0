package io.overlaybd.nbd.server;

import io.overlaybd.io.NoSpaceException;
import io.overlaybd.io.ReadOnlyDeviceException;
import io.overlaybd.nbd.protocol.ErrorCode;

/**
 * Why a request was not served, for the client.
 *
 * @param text shown by clients that agreed on structured replies
 */
record Failure(ErrorCode error, String text) {

    /** The one place where an exception becomes an error of the protocol. */
    static Failure of(Throwable cause) {
        return new Failure(code(cause), cause.toString());
    }

    private static ErrorCode code(Throwable cause) {
        if (cause instanceof OutOfMemoryError) {
            return ErrorCode.ENOMEM;
        }
        if (cause instanceof NoSpaceException) {
            return ErrorCode.ENOSPC;
        }
        return cause instanceof ReadOnlyDeviceException ? ErrorCode.EPERM : ErrorCode.EIO;
    }

    /** The client asks for what cannot be. */
    static Failure invalid(String text) {
        return new Failure(ErrorCode.EINVAL, text);
    }
}
