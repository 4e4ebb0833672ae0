package io.overlaybd.registry;

import io.overlaybd.registry.manifest.Digest;
import java.io.IOException;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.RequestBody;

/** Ends an upload with what was not sent yet, and says its digest. */
final class UploadEnd implements Endpoint<Digest> {

    private final HttpUrl url;
    private final Digest digest;
    private final RequestBody rest;

    UploadEnd(HttpUrl location, Digest digest, RequestBody rest) {
        this.url = location.newBuilder()
                .addQueryParameter("digest", digest.toString())
                .build();
        this.digest = digest;
        this.rest = rest;
    }

    @Override
    public String action() {
        return "finish the upload of " + digest;
    }

    @Override
    public String method() {
        return "PUT";
    }

    @Override
    public HttpUrl url() {
        return url;
    }

    @Override
    public RequestBody body() {
        return rest;
    }

    @Override
    public Optional<Digest> take(Answer answer) throws IOException {
        if (answer.status() != 201 && answer.status() != 204) {
            return Optional.empty();
        }
        Digests.check(answer, digest);
        return Optional.of(digest);
    }
}
