package io.overlaybd.registry;

import io.overlaybd.registry.manifest.Digest;
import java.io.IOException;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.RequestBody;

/** Puts a manifest under a tag or its digest. */
final class ManifestPut implements Endpoint<Digest> {

    private final HttpUrl url;
    private final String mediaType;
    private final byte[] json;
    private final Digest digest;

    ManifestPut(HttpUrl url, String mediaType, byte[] json, Digest digest) {
        this.url = url;
        this.mediaType = mediaType;
        this.json = json;
        this.digest = digest;
    }

    @Override
    public String action() {
        return "put the manifest " + digest;
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
        return RequestBody.create(json, MediaType.get(mediaType));
    }

    @Override
    public long lengthBytes() {
        return json.length;
    }

    @Override
    public Optional<Digest> take(Answer answer) throws IOException {
        if (answer.status() != 201 && answer.status() != 202 && answer.status() != 200) {
            return Optional.empty();
        }
        Digests.check(answer, digest);
        return Optional.of(digest);
    }
}
