package io.overlaybd.nbd.server;

import io.overlaybd.nbd.protocol.ErrorCode;

/**
 * Why a request was not served, for the client.
 *
 * @param text shown by clients that agreed on structured replies
 */
record Failure(ErrorCode error, String text) {

    /** The one place where an exception becomes an error of the protocol. */
    static Failure of(Throwable cause) {
        ErrorCode error = cause instanceof OutOfMemoryError ? ErrorCode.ENOMEM : ErrorCode.EIO;
        return new Failure(error, cause.toString());
    }

    /** The client asks for what cannot be. */
    static Failure invalid(String text) {
        return new Failure(ErrorCode.EINVAL, text);
    }
}
