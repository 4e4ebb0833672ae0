package io.overlaybd.cache;

/** What all open blobs of one cache share. */
record CacheServices(
        CacheOptions options,
        Capacity capacity,
        Evictor evictor,
        FetchBuffers buffers,
        Turns turns,
        Background background,
        CacheFile.Opener files,
        Warnings warnings) {}
