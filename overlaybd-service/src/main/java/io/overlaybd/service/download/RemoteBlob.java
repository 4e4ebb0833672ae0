package io.overlaybd.service.download;

import io.overlaybd.cache.CachedBlobSource;
import io.overlaybd.io.BlobOrigin;
import java.io.IOException;

/** A blob of a registry, not yet open. Thread-safe; holds nothing that would have to be closed. */
public interface RemoteBlob {

    /** Its URL without user, password and query. */
    String name();

    /** {@code sha256:} and 64 lower-case hex digits. */
    String digest();

    /** Opens it for readers, through the cache. */
    CachedBlobSource open() throws IOException;

    /** A way to the registry past the cache, for a download alone. Asks nothing yet. */
    BlobOrigin origin() throws IOException;
}
