package io.overlaybd.cache;

import io.overlaybd.io.BlobSource;
import io.overlaybd.testing.BlobSourceContract;
import io.overlaybd.testing.LeakGuard;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class CachedBlobSourceContractTest {

    abstract static class Cached extends BlobSourceContract {

        @TempDir
        Path folder;

        private BlobCache cache;

        BlobSource openOnce(TestOrigin origin) throws IOException {
            return cache.open(origin.digest, origin, OptionalLong.of(origin.content.length));
        }

        void openCache() throws IOException {
            cache = BlobCache.open(CacheOptions.defaults(folder.resolve("cache"))
                    .withRefillUnitBytes(8192)
                    .withFreeSpaceFloorBytes(0));
        }

        void readAll(BlobSource source) throws IOException {
            CacheTest.read(source, 0, (int) source.sizeBytes());
        }

        void closeCache() throws IOException {
            cache.close();
        }

        @AfterEach
        void nothingStaysOpen() throws IOException {
            if (cache != null) {
                cache.close();
            }
            new LeakGuard(folder).assertNoneOpen();
        }
    }

    @Nested
    class Cold extends Cached {
        @Override
        protected BlobSource open(byte[] content) throws IOException {
            openCache();
            return openOnce(new TestOrigin(content));
        }
    }

    @Nested
    class Warm extends Cached {
        @Override
        protected BlobSource open(byte[] content) throws IOException {
            openCache();
            BlobSource source = openOnce(new TestOrigin(content));
            readAll(source);
            return source;
        }
    }

    @Nested
    class Reopened extends Cached {
        @Override
        protected BlobSource open(byte[] content) throws IOException {
            TestOrigin origin = new TestOrigin(content);
            openCache();
            try (BlobSource source = openOnce(origin)) {
                readAll(source);
            }
            closeCache();
            openCache();
            origin.before = (offset, length) -> {
                throw new IOException("the origin is down");
            };
            return openOnce(origin);
        }
    }

    @Nested
    class NeverKept extends Cached {
        @Override
        void openCache() throws IOException {
            super.openCache();
            super.closeCache();
            super.cache = BlobCache.open(
                    CacheOptions.defaults(folder.resolve("cache")).withFreeSpaceFloorBytes(1000), () -> 999);
        }

        @Override
        protected BlobSource open(byte[] content) throws IOException {
            openCache();
            return openOnce(new TestOrigin(content));
        }
    }
}
