package io.overlaybd.benchmarks;

import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.core.index.LayerIndex;
import java.util.Random;

/** Ways in which segments lie on a device. */
public enum SegmentDistribution {

    /** Segments and gaps of 1 to 128 sectors in turn. */
    EVEN {
        @Override
        long gapSectors(Random random, int segment) {
            return 1 + random.nextInt(GRAIN_SECTORS);
        }
    },
    /** Clusters of 500 segments that touch or nearly so, with gaps of up to 8 GiB between clusters. */
    CLUSTERED {
        @Override
        long gapSectors(Random random, int segment) {
            return segment % CLUSTER_SEGMENTS == 0 ? 1 + random.nextInt(1 << 24) : random.nextInt(4);
        }
    },
    /** Each gap is drawn from one to 2^28 sectors, all magnitudes equally likely. */
    SKEWED {
        @Override
        long gapSectors(Random random, int segment) {
            return random.nextInt(1 << (1 + random.nextInt(28)));
        }
    },
    /** All segments in one place, but for one at the far end of the largest device: the worst for a table of buckets. */
    HOSTILE {
        @Override
        long gapSectors(Random random, int segment) {
            return segment == 0 ? 1L << 49 : random.nextInt(4);
        }
    };

    private static final int GRAIN_SECTORS = 128;
    private static final int CLUSTER_SEGMENTS = 500;

    abstract long gapSectors(Random random, int segment);

    LayerIndex segments(Random random, int count) {
        LayerIndex.Builder builder = new LayerIndex.Builder(count);
        long offset = 0;
        long mapped = 8;
        for (int i = count - 1; i >= 0; i--) {
            offset += gapSectors(random, i);
            int length = 1 + random.nextInt(GRAIN_SECTORS);
            builder.add(SegmentMapping.low(offset, length), SegmentMapping.high(mapped, random.nextInt(10) == 0, 0));
            offset += length;
            mapped += length;
        }
        return builder.build();
    }
}
