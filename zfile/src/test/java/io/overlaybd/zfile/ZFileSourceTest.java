package io.overlaybd.zfile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.overlaybd.io.BlobSource;
import io.overlaybd.testing.BlobSourceContract;
import io.overlaybd.testing.MemorySource;
import io.overlaybd.testing.Seeded;
import io.overlaybd.zfile.codec.CodecId;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(Seeded.class)
class ZFileSourceTest {

    @Nested
    class OfLz4Blocks extends BlobSourceContract {
        @Override
        protected BlobSource open(byte[] content) throws IOException {
            return openCompressed(content, ZFileOptions.DEFAULT);
        }
    }

    @Nested
    class OfLargeZstdBlocksWithoutChecksums extends BlobSourceContract {
        @Override
        protected BlobSource open(byte[] content) throws IOException {
            ZFileOptions options = ZFileOptions.DEFAULT
                    .withCodec(CodecId.ZSTD)
                    .withBlockSizeBytes(32768)
                    .withChecksums(false);
            return openCompressed(content, options);
        }
    }

    private static BlobSource openCompressed(byte[] content, ZFileOptions options) throws IOException {
        return ZFile.open(new MemorySource("memory.zfile", ZFiles.compress(content, options)));
    }

    /** All that may change the bytes or must not. */
    @ParameterizedTest
    @EnumSource
    void whatIsWrittenReadsBackAndThreadsDoNotShow(CodecId codec, Random random) throws IOException {
        for (int blockSizeBytes = 4096; blockSizeBytes <= 65536; blockSizeBytes *= 2) {
            byte[] plain = ZFiles.mixed(random, 500_000 + random.nextInt(3 * blockSizeBytes));
            for (int variant = 0; variant < 4; variant++) {
                ZFileOptions options = new ZFileOptions(codec, blockSizeBytes, variant % 2 == 0, variant < 2, 1);
                byte[] file = ZFiles.compress(plain, options);
                try (ZFileSource source = ZFiles.open(file)) {
                    assertArrayEquals(plain, ZFiles.readAll(source));
                }
                assertArrayEquals(file, ZFiles.compress(plain, options.withThreads(2)));
                assertArrayEquals(file, ZFiles.compress(plain, options.withThreads(8)));
            }
        }
    }
}
