package io.overlaybd.service.metrics;

/**
 * The two places that the original measures. Immutable; thread-safe.
 *
 * @param reads what is read of remote layers
 * @param downloads what is asked of registries
 */
public record RemoteFlows(Flow reads, Flow downloads) {

    /** Nothing measured yet. */
    public RemoteFlows() {
        this(new Flow(), new Flow());
    }
}
