package io.overlaybd.service.download;

/** Where a download is. */
public enum DownloadState {
    /** Its time has not come, or no thread is free. */
    WAITING,
    /** Bytes are being fetched or verified. */
    RUNNING,
    /** It failed and will be tried again. */
    RETRYING,
    /** There is no space; it goes on when there is. */
    NO_SPACE,
    /** The file is whole and published; reads go there. */
    COMMITTED,
    /** Tried often enough; reads stay with cache and registry until the image is opened anew. */
    GIVEN_UP,
    /** Nobody wants the file, or nobody any more; what was fetched stays for the next time. */
    STOPPED;

    /** Whether nothing follows. */
    public boolean isEnd() {
        return this == COMMITTED || this == GIVEN_UP || this == STOPPED;
    }
}
