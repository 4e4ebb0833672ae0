package io.overlaybd.tools.doctor;

import io.overlaybd.io.sys.FileDescriptor;
import io.overlaybd.io.sys.FreeSpace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a folder is fit for what is kept there: writable, with room, and for the cache with holes and reads that do not wait.
 * Tries it with a file that is removed at once; a folder that is not there yet is tried in the one it would be made in.
 *
 * @param wantedBytes what is to go there
 * @param floorBytes free space below which nothing is written there
 * @param needsHoles whether files there are sparse
 */
record FolderCheck(String subject, Path folder, long wantedBytes, long floorBytes, boolean needsHoles)
        implements Check {

    private static final long SPARSE_BYTES = 64 << 20;
    private static final int DATA_BYTES = 1 << 20;

    @Override
    public List<Finding> look() throws IOException {
        Path there = nearest(folder.toAbsolutePath().normalize());
        if (!Files.isDirectory(there) || !Files.isWritable(there)) {
            return List.of(Finding.fail(
                    subject,
                    there + " cannot be written to",
                    "let the daemon's user write there, or configure another"));
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(space(there));
        if (needsHoles) {
            trySparseFile(there, findings);
        }
        return findings;
    }

    private static Path nearest(Path folder) {
        Path there = folder;
        while (Files.notExists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return there;
    }

    private Finding space(Path there) throws IOException {
        long freeBytes = FreeSpace.usableBytes(there);
        String found = folder + ": " + mib(freeBytes) + " free";
        if (freeBytes < floorBytes) {
            return Finding.fail(
                    subject,
                    found + ", below the " + mib(floorBytes) + " that are left free: nothing is kept",
                    "make room, or configure another folder");
        }
        return freeBytes < wantedBytes
                ? Finding.warn(
                        subject,
                        found + " of the " + mib(wantedBytes) + " it may take",
                        "make room, or configure a smaller size")
                : Finding.ok(subject, found + kind(there));
    }

    /** A chroot may not have what it is mounted on. */
    private static String kind(Path there) {
        try {
            return ", " + Files.getFileStore(there).type();
        } catch (IOException e) {
            return "";
        }
    }

    private static String mib(long bytes) {
        return (bytes >> 20) + " MiB";
    }

    private void trySparseFile(Path there, List<Finding> findings) throws IOException {
        Path file = Files.createTempFile(there, ".overlaybd-doctor", "");
        try (FileDescriptor descriptor = FileDescriptor.openReadWrite(file)) {
            Files.delete(file);
            descriptor.truncate(SPARSE_BYTES);
            if (descriptor.allocatedBytes() > DATA_BYTES) {
                findings.add(unfit("has no sparse files"));
                return;
            }
            tryPunching(descriptor, findings);
            tryReading(descriptor, findings);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private void tryPunching(FileDescriptor descriptor, List<Finding> findings) throws IOException {
        descriptor.write(0, ByteBuffer.allocateDirect(DATA_BYTES));
        descriptor.sync();
        long before = descriptor.allocatedBytes();
        try {
            descriptor.punchHole(0, DATA_BYTES);
        } catch (IOException e) {
            findings.add(unfit("cannot punch holes (" + e.getMessage() + ")"));
            return;
        }
        if (descriptor.allocatedBytes() >= before) {
            findings.add(unfit("gives nothing back for a hole"));
        }
    }

    private Finding unfit(String why) {
        return Finding.fail(
                subject, folder + ": its file system " + why, "configure a folder on ext4, xfs, btrfs or tmpfs");
    }

    /** Where reads that do not wait are not known, each goes to another thread and back. */
    private void tryReading(FileDescriptor descriptor, List<Finding> findings) throws IOException {
        descriptor.write(0, ByteBuffer.allocateDirect(4096));
        if (descriptor.tryRead(0, ByteBuffer.allocateDirect(4096)) == FileDescriptor.WOULD_BLOCK) {
            findings.add(Finding.warn(
                    subject,
                    folder + ": its file system has no reads that do not wait (RWF_NOWAIT): slower",
                    "configure a folder on ext4, xfs or btrfs"));
        }
    }
}
