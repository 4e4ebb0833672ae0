package io.overlaybd.service.prefetch;

import io.overlaybd.core.LayerStack;
import io.overlaybd.core.OverlayDevice;
import io.overlaybd.core.index.MergedIndex;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.service.ext4.Ext4;
import io.overlaybd.service.ext4.Extent;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes reads of layers of the paths in a {@link FileList}, by the ext4 file system that the lowers are: file by file, at most
 * {@link Trace#MAX_RECORDS} reads. Paths that are not there are left out, with a line in the log. Thread-confined.
 */
final class ListedFiles {

    private static final Logger LOG = LoggerFactory.getLogger(ListedFiles.class);

    private final String image;
    private final LayerStack lowers;
    private final List<TraceRead> reads = new ArrayList<>();

    ListedFiles(String image, LayerStack lowers) {
        this.image = image;
        this.lowers = lowers;
    }

    /** @throws IOException if there is no file system that can be read, or the layers cannot */
    List<TraceRead> reads(List<String> paths) throws IOException {
        Ext4 files = open();
        for (String path : paths) {
            try {
                if (path.endsWith("/")) {
                    files.visitFilesBelow(path, this::add);
                } else {
                    add(files.extentsOfFile(path));
                }
            } catch (NoSuchFileException | CorruptFormatException e) {
                LOG.info("{}: not fetched ahead: {}", image, e.getMessage());
            }
        }
        return reads;
    }

    private Ext4 open() throws IOException {
        try {
            return Ext4.open(new OverlayDevice(image, lowers)); // closed by whoever closes the image
        } catch (CorruptFormatException e) {
            throw new IOException(e.getMessage() + "; a list of files needs ext4, record a trace instead", e);
        }
    }

    private void add(List<Extent> extents) {
        for (Extent extent : extents) {
            int sector = BlockDevice.SECTOR_BYTES;
            long end = extent.deviceOffsetBytes() + extent.lengthBytes();
            add(extent.deviceOffsetBytes() / sector, (end + sector - 1) / sector);
        }
    }

    private void add(long fromSector, long toSector) {
        MergedIndex index = lowers.index();
        for (int i = index.firstEndingAfter(fromSector);
                i < index.size() && index.offsetSectors(i) < toSector && reads.size() < Trace.MAX_RECORDS;
                i++) {
            if (!index.isZeroed(i)) {
                long from = Math.max(fromSector, index.offsetSectors(i));
                long to = Math.min(toSector, index.endSectors(i));
                long inLayer = index.mappedSector(i) + from - index.offsetSectors(i);
                reads.add(new TraceRead(
                        lowers.size() - 1 - index.tag(i),
                        inLayer * BlockDevice.SECTOR_BYTES,
                        (to - from) * BlockDevice.SECTOR_BYTES));
            }
        }
    }
}
