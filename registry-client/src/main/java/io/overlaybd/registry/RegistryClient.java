package io.overlaybd.registry;

import io.overlaybd.registry.manifest.Digest;
import java.io.Closeable;
import java.io.IOException;

/**
 * Speaks the OCI distribution protocol with any number of registries: one instance for a process, so that connections,
 * tokens and challenges are shared. Closing it ends the operations that are under way with an {@link IOException}.
 * Thread-safe.
 */
public final class RegistryClient implements Closeable {

    private final RegistryOptions options;
    private final TrafficCounters counters;
    private final Transport transport;
    private final TokenService tokens;
    private final KnownRoutes routes;
    private final Detours detours;
    private final Caller caller;

    private RegistryClient(RegistryOptions options, TrafficCounters counters) {
        this.options = options;
        this.counters = counters;
        this.transport = new Transport(options, counters);
        Attempts attempts = new Attempts(options.retry(), options.time(), counters);
        this.tokens = new TokenService(transport, options, attempts);
        Authorizer authorizer = new Authorizer(tokens, options);
        this.routes = new KnownRoutes(options);
        LetIn letIn = new LetIn(transport, authorizer, options);
        this.detours = new Detours(new RelayRequests(transport, letIn, options), options);
        this.caller = new Caller(transport, letIn, detours, attempts, options);
    }

    /** Makes a client; opens no connection. */
    public static RegistryClient open(RegistryOptions options) {
        return new RegistryClient(options, new TrafficCounters());
    }

    /** The repository that an image reference names; encrypted unless its host is one of the plain ones. */
    public Repository repository(ImageReference reference) {
        boolean plain = options.plainHttpHosts().contains(reference.host());
        return new Repository((plain ? "http://" : "https://") + reference.apiHost(), reference.repository());
    }

    /**
     * A blob to read; asks nothing yet.
     *
     * @param sizeHintBytes its length for the case that the registry does not say it, negative if it is not known
     */
    public RegistryBlob blob(Repository repository, Digest digest, long sizeHintBytes) {
        return new RegistryBlob(caller, repository, digest, sizeHintBytes, routes.of(repository.blob(digest)));
    }

    /** Puts blobs into a repository. */
    public BlobUploader uploader(Repository repository) {
        return new BlobUploader(caller, transport, repository);
    }

    /** Gets and puts the manifests of a repository. */
    public ManifestStore manifests(Repository repository) {
        return new ManifestStore(caller, repository);
    }

    /** What was sent so far. */
    public RegistryMetrics metrics() {
        return counters.snapshot(tokens.requests(), detours.metrics());
    }

    @Override
    public void close() {
        transport.close();
    }
}
