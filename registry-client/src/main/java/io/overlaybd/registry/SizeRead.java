package io.overlaybd.registry;

import java.util.Optional;
import okhttp3.HttpUrl;

/** Asks for the length of a blob without its bytes. Answers with it, or that there is no such blob. */
final class SizeRead implements Endpoint<SizeRead.Found> {

    /**
     * What a HEAD brought.
     *
     * @param exists whether there is such a blob
     * @param bytes its length, {@link ContentRange#UNKNOWN} if it is not said
     */
    record Found(boolean exists, long bytes) {}

    private final HttpUrl url;
    private final Operations operations;

    SizeRead(HttpUrl url) {
        this(url, Operations.ENDLESS);
    }

    SizeRead(HttpUrl url, Operations operations) {
        this.url = url;
        this.operations = operations;
    }

    @Override
    public Operations operations() {
        return operations;
    }

    @Override
    public String action() {
        return "look for it";
    }

    @Override
    public String method() {
        return "HEAD";
    }

    @Override
    public HttpUrl url() {
        return url;
    }

    @Override
    public Optional<Found> take(Answer answer) {
        return switch (answer.status()) {
            case 200 -> Optional.of(new Found(true, length(answer.header("Content-Length"))));
            case 404 -> Optional.of(new Found(false, ContentRange.UNKNOWN));
            default -> Optional.empty();
        };
    }

    private static long length(String header) {
        return header != null && header.matches("\\d{1,18}") ? Long.parseLong(header) : ContentRange.UNKNOWN;
    }
}
