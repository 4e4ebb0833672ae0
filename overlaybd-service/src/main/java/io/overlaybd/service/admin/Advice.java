package io.overlaybd.service.admin;

import io.overlaybd.io.metrics.Stage;
import java.util.ArrayList;
import java.util.List;

/** What to do about the time of reads. Immutable. */
final class Advice {

    private static final double MUCH = 0.5;
    private static final double SOME = 0.2;
    private static final double A_BIT = 0.05;
    private static final Stage[] WAITING = {
        Stage.REGISTRY_FIRST_BYTE, Stage.REGISTRY_CONNECT, Stage.REGISTRY_BODY, Stage.SHARED_FETCH
    };

    private final Explanation why;

    Advice(Explanation why) {
        this.why = why;
    }

    /** What a stage is, in words. */
    static String words(Stage stage, String origin) {
        return switch (stage) {
            case QUEUE -> "waiting for one of the device's threads";
            case INDEX -> "finding the layers, and the rest";
            case LOCAL_READ -> "reading local layers";
            case CACHE_READ -> "reading the cache, and checking what is read for the first time";
            case CACHE_WRITE -> "writing what came into the cache";
            case SHARED_FETCH -> "waiting for what another read was fetching already";
            case REGISTRY_AUTH -> "waiting for a token";
            case REGISTRY_CONNECT -> "connecting to " + origin;
            case REGISTRY_FIRST_BYTE -> "waiting for the first byte from " + origin;
            case REGISTRY_BODY -> "receiving from " + origin;
            case REGISTRY_RETRY -> "pausing before another attempt, after " + origin + " failed";
            case CHECKSUM -> "comparing checksums";
            case DECOMPRESS -> "decompressing";
        };
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        adviseOnRegistry(lines);
        if (why.share(Stage.QUEUE) >= SOME) {
            lines.add("-> More reads wait than the device has threads: what they wait for is slow, see above.");
        }
        if (why.share(Stage.CACHE_READ, Stage.CACHE_WRITE) >= MUCH) {
            lines.add("-> The disk of the cache is the limit: give cacheConfig.cacheDir a faster one.");
        }
        if (why.share(Stage.LOCAL_READ) >= MUCH) {
            lines.add("-> The disk of the local layers is the limit: they are not in memory, or it is slow.");
        }
        if (why.share(Stage.DECOMPRESS, Stage.CHECKSUM) >= MUCH) {
            lines.add("-> The processor is the limit: it is decompressing. lz4 layers cost less than zstd ones.");
        }
        return lines;
    }

    private void adviseOnRegistry(List<String> lines) {
        double waiting = why.share(WAITING);
        if (waiting >= MUCH) {
            lines.add(Explanation.text(
                    "-> %.0f %% is waiting for %s (median first byte %s): enable download, or record a trace of the start.",
                    waiting * 100, why.origin(), why.median(Stage.REGISTRY_FIRST_BYTE)));
        }
        if (why.share(Stage.REGISTRY_BODY) >= SOME) {
            lines.add(
                    "-> Much of it is receiving: the link or the registry has no more bandwidth; p2pConfig shares the load.");
        }
        if (why.share(Stage.REGISTRY_CONNECT) >= SOME) {
            lines.add("-> Connections are made anew often: the registry, or something before it, closes them.");
        }
        if (why.share(Stage.REGISTRY_RETRY) >= A_BIT) {
            lines.add(Explanation.text(
                    "-> %,d reads needed another attempt: see overlaybd_registry_requests_total by status, and the log.",
                    why.reads(Stage.REGISTRY_RETRY)));
        }
        if (why.reads(Stage.REGISTRY_AUTH) > 0) {
            lines.add(Explanation.text(
                    "-> %,d reads waited on a token, %s in the median.",
                    why.reads(Stage.REGISTRY_AUTH), why.median(Stage.REGISTRY_AUTH)));
        }
    }
}
