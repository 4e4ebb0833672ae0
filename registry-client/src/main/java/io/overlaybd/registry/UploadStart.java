package io.overlaybd.registry;

import io.overlaybd.registry.RegistryException.Kind;
import io.overlaybd.registry.manifest.Digest;
import java.io.IOException;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.RequestBody;

/** Begins an upload, or has the registry mount the blob from another repository. */
final class UploadStart implements Endpoint<UploadStart.Started> {

    /**
     * What came of it.
     *
     * @param location where to send the blob, null if it was mounted
     */
    record Started(HttpUrl location) {}

    private final Transport transport;
    private final HttpUrl url;
    private final Digest digest;
    private final boolean mounts;

    /**
     * An upload.
     *
     * @param mountFrom the other repository, null to upload in any case
     */
    UploadStart(Transport transport, Repository repository, Digest digest, String mountFrom) {
        this.transport = transport;
        this.digest = digest;
        this.mounts = mountFrom != null;
        HttpUrl.Builder builder = repository.uploads().newBuilder();
        if (mounts) {
            builder.addQueryParameter("mount", digest.toString()).addQueryParameter("from", mountFrom);
        }
        this.url = builder.build();
    }

    @Override
    public String action() {
        return "upload " + digest;
    }

    @Override
    public String method() {
        return "POST";
    }

    @Override
    public HttpUrl url() {
        return url;
    }

    @Override
    public RequestBody body() {
        return RequestBody.create(new byte[0], null);
    }

    @Override
    public Optional<Started> take(Answer answer) throws IOException {
        if (answer.status() == 201 && mounts) {
            Digests.check(answer, digest);
            return Optional.of(new Started(null));
        }
        return answer.status() == 202 ? Optional.of(new Started(transport.resolve(url, answer))) : Optional.empty();
    }

    /** Whether a failure may come from asking for a mount, and not from uploading. */
    static boolean mayBeTheMount(Kind kind) {
        return switch (kind) {
            case UNAUTHORIZED, FORBIDDEN, NOT_FOUND, PROTOCOL -> true;
            case RATE_LIMITED, UNAVAILABLE, TLS -> false;
        };
    }
}
