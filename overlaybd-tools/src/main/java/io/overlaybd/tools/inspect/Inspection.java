package io.overlaybd.tools.inspect;

import io.overlaybd.core.format.LayerHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What came of looking at a file. Immutable.
 *
 * @param sizeBytes length of the file
 * @param deep whether every byte was read
 * @param tar the wrapper, if there is one
 * @param zfile the compression, if there is one that could be opened
 * @param header the header of the layer, or its trailer where that counts
 * @param segments what is where in the layer, if that could be read
 * @param problems why it is not healthy; none if it is
 * @param notes what is worth knowing, and harmless
 */
public record Inspection(
        String name,
        long sizeBytes,
        FileKind kind,
        boolean deep,
        Optional<Tar> tar,
        Optional<Compressed> zfile,
        Optional<LayerHeader> header,
        Optional<Segments> segments,
        List<String> problems,
        List<String> notes) {

    /** Where the payload of a tar wrapper is. */
    public record Tar(long payloadOffsetBytes, long payloadBytes) {}

    /**
     * The compression.
     *
     * @param needsTrailer whether the header has not the final values, so that opening needs one more read
     * @param storedBytes length of the ZFile
     */
    public record Compressed(
            String codec,
            int blockSizeBytes,
            boolean checksums,
            boolean needsTrailer,
            long blocks,
            long plainBytes,
            long storedBytes) {

        /** Bytes stored for one of content; 0 if there is no content. */
        public double ratio() {
            return plainBytes == 0 ? 0 : (double) storedBytes / plainBytes;
        }
    }

    /**
     * What is where.
     *
     * @param entries entries of the index as they stand in the file, padding included
     * @param count segments
     * @param dataBytes what the segments store
     * @param zeroedBytes what they say is zero
     * @param unreferencedBytes stored in the file, but hidden by later writes
     */
    public record Segments(long entries, int count, long dataBytes, long zeroedBytes, long unreferencedBytes) {}

    /** Whether it can be used. */
    public boolean isHealthy() {
        return problems.isEmpty();
    }

    /** The same with one more problem. */
    public Inspection withProblem(String problem) {
        List<String> all = new ArrayList<>(problems);
        all.add(problem);
        return new Inspection(name, sizeBytes, kind, deep, tar, zfile, header, segments, List.copyOf(all), notes);
    }
}
