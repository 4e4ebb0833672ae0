package io.overlaybd.service.download;

/** Is told of each step between two {@link DownloadState}s, on the thread that makes it; must not wait, nor throw. */
@FunctionalInterface
public interface DownloadListener {

    /** Of nobody's interest. */
    DownloadListener NONE = status -> {};

    /** The download has come to the state that {@code status} tells. */
    void changed(DownloadStatus status);
}
