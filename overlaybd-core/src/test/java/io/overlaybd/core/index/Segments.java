package io.overlaybd.core.index;

import io.overlaybd.core.format.SegmentMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Segments as the tests write and compare them. */
public final class Segments {

    private static final Pattern ROW = Pattern.compile("\\{(\\d+),(\\d+),(\\d+)(?:,(\\d+))?}");

    private Segments() {}

    /** Rows such as {@code {offset,length,moffset}} or, with a tag, {@code {offset,length,moffset,tag}}. */
    public static List<SegmentMapping> rows(String text) {
        List<SegmentMapping> rows = new ArrayList<>();
        for (Matcher row = ROW.matcher(text.replace(" ", "")); row.find(); ) {
            rows.add(new SegmentMapping(
                    Long.parseLong(row.group(1)),
                    Integer.parseInt(row.group(2)),
                    Long.parseLong(row.group(3)),
                    false,
                    row.group(4) == null ? 0 : Integer.parseInt(row.group(4))));
        }
        return rows;
    }

    /** An index of such rows. */
    public static LayerIndex layer(String text) {
        return LayerIndex.of(rows(text));
    }

    /** All of a layer's index. */
    public static List<SegmentMapping> all(LayerIndex index) {
        List<SegmentMapping> all = new ArrayList<>();
        for (int i = 0; i < index.size(); i++) {
            all.add(index.get(i));
        }
        return all;
    }

    /** All of a merged index of at most 256 layers. */
    public static List<SegmentMapping> all(MergedIndex index) {
        List<SegmentMapping> all = new ArrayList<>();
        for (int i = 0; i < index.size(); i++) {
            all.add(new SegmentMapping(
                    index.offsetSectors(i),
                    index.lengthSectors(i),
                    index.mappedSector(i),
                    index.isZeroed(i),
                    index.tag(i)));
        }
        return all;
    }

    /** Up to {@code count} segments below {@code endSectors}, a third of them zeros, some touching. */
    public static LayerIndex random(Random random, int count, int endSectors, int maxLength) {
        LayerIndex.Builder builder = new LayerIndex.Builder(count);
        int maxGap = Math.max(1, 2 * (endSectors / (count + 1) - maxLength / 2));
        for (int i = 0; i < count; i++) {
            long offset = builder.endSectors() + (random.nextInt(4) == 0 ? 0 : random.nextInt(maxGap));
            int length = 1 + random.nextInt(maxLength);
            if (offset + length > endSectors) {
                break;
            }
            long high = SegmentMapping.high(8 + random.nextInt(1 << 20), random.nextInt(3) == 0, 0);
            builder.add(SegmentMapping.low(offset, length), high);
        }
        return builder.build();
    }
}
