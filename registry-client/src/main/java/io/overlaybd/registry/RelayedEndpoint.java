package io.overlaybd.registry;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.Request;

/**
 * An operation as a relay is asked for it: at another URL, with headers of the relay. Its answer is taken only if it is about a
 * blob of the right length; that a range is beyond the end is for the registry to say. Thread-confined to its operation.
 */
final class RelayedEndpoint<T> implements Endpoint<T> {

    private final Endpoint<T> inner;
    private final HttpUrl url;
    private final Map<String, String> headers;

    RelayedEndpoint(Endpoint<T> inner, HttpUrl url, Map<String, String> headers) {
        this.inner = inner;
        this.url = url;
        this.headers = headers;
    }

    @Override
    public String action() {
        return inner.action();
    }

    @Override
    public String method() {
        return inner.method();
    }

    @Override
    public HttpUrl url() {
        return url;
    }

    @Override
    public void addHeaders(Request.Builder request) {
        inner.addHeaders(request);
        headers.forEach(request::header);
    }

    @Override
    public Operations operations() {
        return inner.operations();
    }

    @Override
    public boolean isRelayed() {
        return true;
    }

    @Override
    public Optional<T> take(Answer answer) throws IOException {
        if (answer.status() != 206 && answer.status() != 200) {
            return Optional.empty();
        }
        long expected = inner.blobBytes().orElseThrow();
        long found = answer.status() == 206
                ? ContentRange.parse(answer.header("Content-Range")).totalBytes()
                : answer.bodyLengthBytes();
        if (found != expected) {
            throw FailedAttempt.protocol("length of the blob: expected " + expected + ", found " + found);
        }
        return inner.take(answer);
    }
}
