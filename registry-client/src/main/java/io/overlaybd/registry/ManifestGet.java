package io.overlaybd.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.overlaybd.registry.manifest.Digest;
import io.overlaybd.registry.manifest.Json;
import io.overlaybd.registry.manifest.MediaTypes;
import java.io.IOException;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.Request;

/** Gets a manifest and verifies its digest: the one that was asked for, else the one that the registry says. */
final class ManifestGet implements Endpoint<ManifestStore.Fetched> {

    private final HttpUrl url;
    private final String reference;

    ManifestGet(HttpUrl url, String reference) {
        this.url = url;
        this.reference = reference;
    }

    @Override
    public String action() {
        return "get the manifest";
    }

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public HttpUrl url() {
        return url;
    }

    @Override
    public long lengthBytes() {
        return Json.MAX_BYTES;
    }

    @Override
    public void addHeaders(Request.Builder request) {
        request.header("Accept", String.join(", ", MediaTypes.acceptedManifests()));
    }

    @Override
    public Optional<ManifestStore.Fetched> take(Answer answer) throws IOException {
        if (answer.status() != 200) {
            return Optional.empty();
        }
        byte[] json = answer.readBody(Json.MAX_BYTES);
        Digest digest = Digests.expected(reference, answer.header("Docker-Content-Digest"));
        if (digest == null) {
            digest = Digest.of(json);
        } else if (!digest.isSum(digest.hasher().digest(json))) {
            throw FailedAttempt.protocol("the manifest is not what its digest says: expected " + digest);
        }
        return Optional.of(new ManifestStore.Fetched(mediaType(answer, json), digest, json));
    }

    /** What the manifest says of itself counts more than what the server thinks. */
    private static String mediaType(Answer answer, byte[] json) throws FailedAttempt {
        String header = answer.header("Content-Type");
        String served = header == null ? "" : header.split(";", 2)[0].strip();
        if (MediaTypes.isIndex(served) || MediaTypes.isManifest(served)) {
            return served;
        }
        try {
            JsonNode own = Json.tree("manifest", json).path("mediaType");
            return own.asText(served);
        } catch (IOException e) {
            throw FailedAttempt.protocol("the manifest is not JSON");
        }
    }
}
