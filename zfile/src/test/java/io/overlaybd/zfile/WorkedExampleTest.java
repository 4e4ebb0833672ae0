package io.overlaybd.zfile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.overlaybd.testing.MemorySink;
import io.overlaybd.zfile.codec.CodecId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** 10000 bytes of a repeated line as the original stores them, LZ4, 4 KiB blocks, checksums. */
class WorkedExampleTest {

    private static final byte[] PLAIN = "overlaybd-java!\n".repeat(625).getBytes(StandardCharsets.US_ASCII);
    private static final String LINE = "6f7665726c617962642d6a617661210a";
    private static final String FULL_BLOCK = "ff01" + LINE + "1000" + "ff".repeat(15) + "e750617661210a";
    private static final String SHORT_BLOCK = "ff01" + LINE + "1000" + "ff".repeat(6) + "ee50617661210a";

    private static byte[] assemble(boolean rewriteHeader) throws IOException {
        MemorySink sink = new MemorySink();
        CompressOptions options = new CompressOptions(4096, CodecId.LZ4, 0, true);
        ZFileAssembler assembler = new ZFileAssembler(sink, options, rewriteHeader);
        StoredBlocks blocks = new StoredBlocks(3, 1024, true);
        for (String payload : new String[] {FULL_BLOCK, FULL_BLOCK, SHORT_BLOCK}) {
            blocks.add(ByteBuffer.wrap(HexFormat.of().parseHex(payload)));
        }
        assembler.append(blocks);
        assembler.finish(PLAIN.length);
        return sink.bytes();
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    @Test
    void sameBlocksGiveTheSameFile() throws Exception {
        byte[] file = assemble(false);
        assertEquals(1165, file.length);
        assertEquals("7b756e1ec8368d86b3ada16dc44574918911bb5c7443feaba76f0b659409ad6a", sha256(file));
        byte[] rewritten = assemble(true);
        assertEquals("350a5973b0d208ce4ff81ad9cfa4dae938b27238f8cc234fdb882b9876248c3c", sha256(rewritten));
    }

    @Test
    void itDecodes() throws IOException {
        for (boolean rewriteHeader : new boolean[] {false, true}) {
            try (ZFileSource source = ZFiles.open(assemble(rewriteHeader))) {
                assertArrayEquals(PLAIN, ZFiles.readAll(source));
            }
        }
    }

    /** What does not depend on the release of the codec. */
    @Test
    void writerMakesTheSameHeader() throws IOException {
        byte[] expected = assemble(false);
        byte[] found = ZFiles.compress(PLAIN, ZFileOptions.DEFAULT.withRewriteHeader(false));
        assertArrayEquals(Arrays.copyOf(expected, ZFileHeader.BYTES), Arrays.copyOf(found, ZFileHeader.BYTES));
        assertEquals(10000, ZFiles.edit(found).getLong(found.length - ZFileHeader.BYTES + 56));
    }
}
