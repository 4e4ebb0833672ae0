package io.overlaybd.tools.inspect;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.format.LayerUuid;
import java.io.PrintWriter;
import java.util.Locale;

/** Prints an inspection for people. */
public final class TextReport {

    private final PrintWriter out;

    /** Prints there. */
    public TextReport(PrintWriter out) {
        this.out = out;
    }

    /** Prints one inspection. */
    public void print(Inspection found) {
        out.printf("%s: %s%n", found.name(), found.kind().text());
        line("file", bytes(found.sizeBytes()));
        found.tar()
                .ifPresent(
                        tar -> line("tar", "%s from byte %d on", bytes(tar.payloadBytes()), tar.payloadOffsetBytes()));
        found.zfile().ifPresent(this::compressed);
        found.header().ifPresent(this::layer);
        found.segments().ifPresent(this::segments);
        found.notes().forEach(note -> line("note", "%s", note));
        found.problems().forEach(problem -> line("problem", "%s", problem));
        line("health", "%s", health(found));
        out.flush();
    }

    private static String health(Inspection found) {
        if (!found.isHealthy()) {
            return "NOT healthy; fetch or make it again";
        }
        return found.deep() ? "ok, every byte was read" : "ok, as far as headers and indexes tell; --deep reads all";
    }

    private void compressed(Inspection.Compressed zfile) {
        line(
                "ZFile",
                "%s, %d blocks of %d KiB, %s, values in the %s",
                zfile.codec(),
                zfile.blocks(),
                zfile.blockSizeBytes() / 1024,
                zfile.checksums() ? "checksums" : "no checksums",
                zfile.needsTrailer() ? "trailer" : "header");
        line("content", "%s, stored in %.1f %% of that", bytes(zfile.plainBytes()), 100 * zfile.ratio());
    }

    private void layer(LayerHeader header) {
        line(
                "disk",
                "%s",
                header.virtualSizeBytes() == 0 ? "that of the layers below" : bytes(header.virtualSizeBytes()));
        line("uuid", "%s", uuid(header.uuid()));
        line("parent uuid", "%s", uuid(header.parentUuid()));
        String tag = header.userTag().toString();
        if (!tag.isEmpty()) {
            line("user tag", "%s", tag.replaceAll("\\p{Cntrl}", "?"));
        }
    }

    private static String uuid(LayerUuid uuid) {
        return uuid.isNull() ? "none" : uuid.toString();
    }

    private void segments(Inspection.Segments segments) {
        line("index", "%d entries, %d segments", segments.entries(), segments.count());
        line("data", "%s", bytes(segments.dataBytes()));
        line("zeroed", "%s", bytes(segments.zeroedBytes()));
        if (segments.unreferencedBytes() > 0) {
            line("overwritten", "%s, which a commit leaves behind", bytes(segments.unreferencedBytes()));
        }
    }

    private void line(String label, String format, Object... values) {
        out.printf("  %-12s %s%n", label, String.format(Locale.ROOT, format, values));
    }

    private static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " bytes";
        }
        int unit = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
        double number = (double) bytes / (1L << 10 * unit);
        return String.format(Locale.ROOT, "%d bytes (%.1f %siB)", bytes, number, "KMGTPE".charAt(unit - 1));
    }
}
