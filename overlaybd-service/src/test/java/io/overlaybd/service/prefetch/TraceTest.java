package io.overlaybd.service.prefetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.CorruptFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceTest {

    /** Two reads, as the original writes them. */
    private static final byte[] ORIGINAL = HexFormat.of()
            .parseHex("2018efc2000000003000000000000000" + "4ccb29d700000000"
                    + "52000000010000000010000000000000" + "0020000000000000"
                    + "52000000000000000000010000000000" + "0000100000000000");

    private static final List<TraceRead> READS =
            List.of(new TraceRead(1, 8192, 4096), new TraceRead(0, 1 << 20, 65536));

    private static byte[] bytesOf(Trace trace) {
        ByteBuffer bytes = trace.encode();
        return Arrays.copyOf(bytes.array(), bytes.remaining());
    }

    private static Trace parse(byte[] bytes) throws CorruptFormatException {
        return Trace.parse("trace", ByteBuffer.wrap(bytes));
    }

    /** With the checksum that its records have now. */
    private static byte[] withChecksum(byte[] trace) {
        ByteBuffer bytes = ByteBuffer.wrap(trace).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(16, new io.overlaybd.io.RawCrc32c(0).of(bytes, 24, trace.length - 24));
        return trace;
    }

    @Test
    void writesAndReadsWhatTheOriginalDoesBitForBit() throws IOException {
        assertArrayEquals(ORIGINAL, bytesOf(new Trace(READS)));
        assertEquals(READS, parse(ORIGINAL).reads());
    }

    @Test
    void traceOfNothingIsAHeader() throws IOException {
        byte[] empty = bytesOf(new Trace(List.of()));
        assertEquals(24, empty.length);
        assertEquals(List.of(), parse(empty).reads());
    }

    @Test
    void paddingAsTheOriginalLeavesItIsChecksummedAndIgnored() throws IOException {
        byte[] trace = ORIGINAL.clone();
        trace[25] = 0x5A;
        assertThrows(CorruptFormatException.class, () -> parse(trace));
        assertEquals(READS, parse(withChecksum(trace)).reads());
    }

    @Test
    void everyCutIsRefused() {
        for (int length = 0; length < ORIGINAL.length; length++) {
            byte[] cut = Arrays.copyOf(ORIGINAL, length);
            assertThrows(CorruptFormatException.class, () -> parse(cut), () -> "cut at " + cut.length);
        }
        assertThrows(CorruptFormatException.class, () -> parse(Arrays.copyOf(ORIGINAL, ORIGINAL.length + 1)));
    }

    @Test
    void everyFlippedBitIsRefusedButThoseOfTheHeadersPadding() {
        for (int bit = 0; bit < ORIGINAL.length * 8; bit++) {
            byte[] flipped = ORIGINAL.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            int at = bit / 8;
            if (at >= 4 && at < 8 || at >= 20 && at < 24) {
                continue;
            }
            CorruptFormatException e = assertThrows(CorruptFormatException.class, () -> parse(flipped), "byte " + at);
            assertTrue(e.getMessage().contains("expected"), e.getMessage());
        }
    }

    @Test
    void recordsOfWhatCannotHaveBeenReadAreLeftOut() throws IOException {
        long most = Long.MAX_VALUE;
        Trace impossible = new Trace(List.of(
                new TraceRead(-1, 0, 1),
                new TraceRead(0, -1, 1),
                new TraceRead(0, 0, 0),
                new TraceRead(0, 0, -1),
                new TraceRead(0, 2, most - 1),
                new TraceRead(0, 1, most - 1)));
        assertEquals(
                List.of(new TraceRead(0, 1, most - 1)),
                parse(bytesOf(impossible)).reads());
        byte[] write = ORIGINAL.clone();
        write[24] = 'W';
        assertEquals(READS.subList(1, 2), parse(withChecksum(write)).reads());
    }

    @Test
    void fileThatIsTooLongIsRefusedBeforeItIsRead(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("trace"), ORIGINAL);
        try (var channel = java.nio.channels.FileChannel.open(file, java.nio.file.StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), 1L << 40);
        }
        CorruptFormatException e = assertThrows(CorruptFormatException.class, () -> Trace.read(file));
        assertTrue(e.getMessage().contains("expected 24 to 6291480"), e.getMessage());
    }

    @Test
    void magicTellsATraceFromAList() {
        assertTrue(Trace.hasMagic(ByteBuffer.wrap(ORIGINAL)));
        Stream.of("", "/bi", "/bin/sh\n")
                .forEach(text -> assertFalse(Trace.hasMagic(ByteBuffer.wrap(text.getBytes()))));
    }
}
