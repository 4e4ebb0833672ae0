package io.overlaybd.zfile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlobSink;
import io.overlaybd.io.BlobSource;
import io.overlaybd.io.tar.TarSink;
import io.overlaybd.io.tar.TarWrapper;
import io.overlaybd.testing.MemorySink;
import io.overlaybd.testing.MemorySource;
import io.overlaybd.testing.Vectors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that the original wrote decode to their input, and are what our assembler makes of their blocks. */
class OriginalFilesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "in-0.lz4.bs4k.v1.zfile",
                "in-0.zstd.bs4k.v1.ow.zfile",
                "in-1.lz4.bs4k.v0.zfile",
                "in-1.lz4.bs4k.v1.zfile",
                "in-1.zstd.bs64k.v1.zfile",
                "in-4095.lz4.bs4k.v1.zfile",
                "in-4096-rand.lz4.bs64k.v1.zfile",
                "in-4096-rand.zstd.bs4k.v1.zfile",
                "in-4096-text.lz4.bs4k.v1.zfile",
                "in-4096-zero.lz4.bs4k.v1.zfile",
                "in-4096-zero.zstd.bs64k.v1.zfile",
                "in-4097.lz4.bs4k.v1.ow.zfile",
                "in-4097.lz4.bs4k.v1.tar.zfile",
                "in-4097.zstd.bs4k.v1.zfile",
                "in-1m-mixed.lz4.bs16k.v1.ow.mp.zfile",
                "in-1m-mixed.lz4.bs4k.v0.zfile",
                "in-1m-mixed.lz4.bs4k.v1.ow.zfile",
                "in-1m-mixed.lz4.bs4k.v1.tar.zfile",
                "in-1m-mixed.lz4.bs4k.v1.zfile",
                "in-1m-mixed.lz4.bs64k.v1.zfile",
                "in-1m-mixed.zstd.bs16k.v1.zfile",
                "in-1m-mixed.zstd.bs4k.v1.zfile",
                "in-1m-mixed.zstd.bs64k.v1.zfile",
            })
    void decodesToItsInputAndIsRebuiltBitForBit(String name) throws IOException {
        byte[] file = vector(name);
        assertDecodesToItsInput(name, file);
        assertArrayEquals(file, rebuild(name, file));
    }

    /** The original wrote these blocks of more than 65536 bytes and cannot read them. */
    @ParameterizedTest
    @ValueSource(strings = {"in-64k-rand.lz4.bs64k.v1.zfile", "in-64k-rand.zstd.bs64k.v1.zfile"})
    void decodesBlocksTooLongForTheOriginalButWritesNone(String name) throws IOException {
        byte[] file = vector(name);
        assertDecodesToItsInput(name, file);
        IOException refused = assertThrows(IOException.class, () -> rebuild(name, file));
        assertTrue(refused.getMessage().contains("block 0"), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = "in-4097.lz4.bs4k.v1.old.zfile")
    void decodesAnOldFileWithGarbageAroundItsFields(String name) throws IOException {
        byte[] file = vector(name);
        assertDecodesToItsInput(name, file);
        byte[] rebuilt = rebuild(name, file);
        assertArrayEquals(body(file), body(rebuilt));
    }

    private static byte[] body(byte[] file) {
        return Arrays.copyOfRange(file, ZFileHeader.BYTES, file.length - ZFileHeader.BYTES);
    }

    private static void assertDecodesToItsInput(String name, byte[] file) throws IOException {
        byte[] input = vector(name.substring(0, name.indexOf('.')) + ".bin");
        BlobSource unwrapped = TarWrapper.unwrap(new MemorySource(name, file));
        assertTrue(ZFile.probe(unwrapped));
        try (ZFileSource source = ZFile.open(unwrapped)) {
            assertEquals(input.length, source.sizeBytes());
            assertArrayEquals(input, ZFiles.readAll(source));
            if (source.header().options().checksums()) {
                ZFile.verify(unwrapped);
            }
        }
    }

    private static byte[] rebuild(String name, byte[] file) throws IOException {
        BlobSource source = TarWrapper.unwrap(new MemorySource(name, file));
        ZFileLayout layout = ZFileLayout.load(source);
        MemorySink memory = new MemorySink();
        BlobSink sink = name.contains(".tar.") ? new TarSink(memory) : memory;
        ZFileAssembler assembler = new ZFileAssembler(sink, layout.header().options(), name.contains(".ow."));
        for (int block = 0; block < layout.blocks().blockCount(); block++) {
            assembler.append(storedBlock(source, layout, block));
        }
        assembler.finish(layout.header().plainBytes());
        assertTrue(memory.isFinished());
        return memory.bytes();
    }

    private static StoredBlocks storedBlock(BlobSource source, ZFileLayout layout, int block) throws IOException {
        CompressOptions options = layout.header().options();
        long at = layout.blocks().offsetBytes(block);
        int storedBytes = (int) (layout.blocks().offsetBytes(block + 1) - at);
        ByteBuffer payload = ByteBuffer.allocate(storedBytes - options.checksumBytes());
        source.readFully(at, payload);
        StoredBlocks one = new StoredBlocks(1, storedBytes, options.checksums());
        one.add(payload.flip());
        return one;
    }

    private static byte[] vector(String name) throws IOException {
        try (InputStream small = OriginalFilesTest.class.getResourceAsStream("/vectors/" + name)) {
            return small != null ? small.readAllBytes() : Files.readAllBytes(Vectors.path("zfile/" + name));
        }
    }
}
