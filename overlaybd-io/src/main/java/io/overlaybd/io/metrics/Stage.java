package io.overlaybd.io.metrics;

import java.util.Locale;

/** What the time of a read may go into. Only one at a time; whoever waits for somebody else's work counts that as one. */
public enum Stage {
    /** Waiting for one of the device's threads. */
    QUEUE(false),
    /** Finding the layers that hold the blocks, and all that is none of the others. */
    INDEX(false),
    /** Reading layers that are local files. */
    LOCAL_READ(false),
    /** Reading the cache's files, and checking what is read for the first time. */
    CACHE_READ(false),
    /** Writing what was fetched into the cache's files. */
    CACHE_WRITE(false),
    /** Waiting for what another read is fetching already. */
    SHARED_FETCH(true),
    /** Getting a token, or waiting for somebody else to get it. */
    REGISTRY_AUTH(true),
    /** Making a connection to a registry, names and encryption included. */
    REGISTRY_CONNECT(true),
    /** Waiting for the first byte of an answer. */
    REGISTRY_FIRST_BYTE(true),
    /** Receiving what was asked for. */
    REGISTRY_BODY(true),
    /** The pause before another attempt. */
    REGISTRY_RETRY(true),
    /** Comparing compressed blocks with their checksums. */
    CHECKSUM(false),
    /** Decompressing. */
    DECOMPRESS(false);

    private final boolean remote;

    Stage(boolean remote) {
        this.remote = remote;
    }

    /** Whether a registry is waited for. */
    public boolean isRemote() {
        return remote;
    }

    /** The name in metrics and answers, such as {@code registry_body}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
