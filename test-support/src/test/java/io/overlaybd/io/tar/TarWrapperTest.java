package io.overlaybd.io.tar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.testing.BlobSourceContract;
import io.overlaybd.testing.MemorySink;
import io.overlaybd.testing.MemorySource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarWrapperTest extends BlobSourceContract {

    @TempDir
    Path folder;

    @Override
    protected BlobSource open(byte[] content) throws IOException {
        return TarWrapper.unwrap(new MemorySource("wrapped", wrap(content)));
    }

    private static byte[] wrap(byte[] content) throws IOException {
        MemorySink file = new MemorySink();
        try (TarSink sink = new TarSink(file)) {
            sink.write(ByteBuffer.wrap(content));
            sink.finish();
        }
        assertTrue(file.isFinished());
        return file.bytes();
    }

    private static byte[] sample() {
        byte[] payload = new byte[1000];
        Arrays.fill(payload, (byte) 'x');
        return payload;
    }

    @Test
    void sampleIsBitIdenticalToTheOriginals() throws Exception {
        byte[] wrapped = wrap(sample());
        assertEquals(3584, wrapped.length);
        assertEquals(
                "674a540b886e655162bc36d5c909fbcf1727e96af96b5da12d978885bd1c87a8",
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(wrapped)));
    }

    @Test
    void gnuTarUnpacksWhatWeWrap() throws Exception {
        Path tar = Files.write(folder.resolve("layer.tar"), wrap(sample()));
        Process process = new ProcessBuilder("tar", "-xf", tar.toString(), "-C", folder.toString())
                .inheritIO()
                .start();
        assertEquals(0, process.waitFor());
        assertArrayEquals(sample(), Files.readAllBytes(folder.resolve("overlaybd.commit")));
    }

    @Test
    void whatGnuTarWrapsIsUnwrappedWhereverThePayloadBegins() throws Exception {
        Files.write(folder.resolve("overlaybd.commit"), sample());
        for (String extra : new String[] {"", "comment=" + "c".repeat(1437)}) {
            Path tar = folder.resolve("wrapped.tar");
            Process process = new ProcessBuilder(
                            "tar",
                            extra.isEmpty() ? "--format=ustar" : "--pax-option=" + extra.replace("=", ":="),
                            "-cf",
                            tar.toString(),
                            "-C",
                            folder.toString(),
                            "overlaybd.commit")
                    .inheritIO()
                    .start();
            assertEquals(0, process.waitFor());
            try (BlobSource payload = TarWrapper.unwrap(new MemorySource("tar", Files.readAllBytes(tar)))) {
                ByteBuffer found = ByteBuffer.allocate(1000);
                payload.readFully(0, found);
                assertArrayEquals(sample(), found.array());
            }
        }
    }

    @Test
    void whatIsNoTarStaysAsItIs() throws IOException {
        for (int size : new int[] {0, 511, 512, 5000}) {
            BlobSource source = new MemorySource("plain", new byte[size]);
            assertSame(source, TarWrapper.unwrap(source));
        }
    }

    @Test
    void everyCutIsAnErrorUntilThePayloadIsWhole() throws IOException {
        byte[] wrapped = wrap(sample());
        for (int length = 512; length < 1536 + 1000; length++) {
            BlobSource cut = new MemorySource("cut", Arrays.copyOf(wrapped, length));
            assertThrows(IOException.class, () -> TarWrapper.unwrap(cut), "cut at " + length);
        }
    }

    @Test
    void everyFlippedBitOfTheHeadIsFoundOrHarmless() throws IOException {
        byte[] wrapped = wrap(sample());
        for (int bit = 0; bit < 1536 * 8; bit++) {
            byte[] flipped = wrapped.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            BlobSource source = new MemorySource("flipped", flipped);
            try {
                BlobSource payload = TarWrapper.unwrap(source);
                boolean firstHeader = bit < 512 * 8;
                assertTrue(payload == source ? firstHeader : payload.sizeBytes() <= flipped.length, "bit " + bit);
            } catch (CorruptFormatException e) {
                assertTrue(e.getMessage().startsWith("flipped: at byte "), e.getMessage());
            }
        }
    }

    @Test
    void hostileRecordsAreRefused() throws IOException {
        for (String records : new String[] {
            "99999999 size=1\n",
            "0 size=1\n",
            "10 size=1 \n",
            "x",
            "9 size=1",
            "-1 size=1\n",
            "13 size=-123\n",
            "31 size=9999999999999999999999\n",
            "28 size=999999999999999999\n",
            "3 \n",
            "2 "
        }) {
            byte[] wrapped = wrap(sample());
            byte[] bytes = records.getBytes(StandardCharsets.US_ASCII);
            byte[] hostile = wrapped.clone();
            Arrays.fill(hostile, 512, 1024, (byte) 0);
            System.arraycopy(bytes, 0, hostile, 512, bytes.length);
            ByteBuffer head = TarHeader.encodeExtended("overlaybd.pax", bytes.length);
            System.arraycopy(head.array(), 0, hostile, 0, 512);
            try {
                TarWrapper.unwrap(new MemorySource("hostile", hostile));
                fail("accepted " + records);
            } catch (CorruptFormatException e) {
                assertTrue(e.getMessage().startsWith("hostile: at byte "), e.getMessage());
            }
        }
    }
}
