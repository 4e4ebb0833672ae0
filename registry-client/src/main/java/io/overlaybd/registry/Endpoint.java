package io.overlaybd.registry;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;

/**
 * One operation on a registry: method, URL, what it sends and accepts, what it was trying to do. Asked anew for every
 * attempt, so that one which got half way can ask for the rest. Thread-confined to its operation.
 */
interface Endpoint<T> {

    /** What is being tried, to be read after "cannot". */
    String action();

    String method();

    HttpUrl url();

    /** What is sent, null for nothing. */
    default RequestBody body() {
        return null;
    }

    /** Adds the headers of this operation. */
    default void addHeaders(Request.Builder request) {}

    /** Bytes that this moves at most; lengthens the deadline. */
    default long lengthBytes() {
        return 0;
    }

    /** The length of the blob that this reads, where it is known so well that somebody else than the registry may be asked. */
    default OptionalLong blobBytes() {
        return OptionalLong.empty();
    }

    /** Whether this is for somebody else than the registry. */
    default boolean isRelayed() {
        return false;
    }

    /** What this ends with. */
    default Operations operations() {
        return Operations.ENDLESS;
    }

    /** Takes an answer that is neither a redirect nor a challenge; a status it does not expect is for the caller. */
    Optional<T> take(Answer answer) throws IOException;
}
