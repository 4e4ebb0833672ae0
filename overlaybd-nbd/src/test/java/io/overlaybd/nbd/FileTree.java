package io.overlaybd.nbd;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Everything below a directory, one map a path, in the words of the listings beside the original's images: {@code type},
 * {@code mode}, {@code uid}, {@code gid}, {@code ino}, {@code nlink}, {@code mtime} in nanoseconds, {@code size} and
 * {@code sha256} of files, {@code target} of links, {@code rdev} of devices, {@code xattrs} in hexadecimal.
 */
final class FileTree {

    private static final int TYPE_SHIFT = 12;
    private static final Map<Integer, String> TYPES = Map.of(1, "p", 2, "c", 4, "d", 6, "b", 8, "f", 10, "l", 12, "s");

    private FileTree() {}

    /** The whole tree, by path from {@code /} on. */
    static SortedMap<String, Map<String, Object>> read(Path root) throws IOException, InterruptedException {
        SortedMap<String, Map<String, Object>> rows = new TreeMap<>();
        Map<String, Map<String, String>> xattrs = xattrs(root);
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                String name = "/" + root.relativize(path);
                Map<String, Object> row = row(path);
                row.put("path", name);
                if (xattrs.containsKey(path.toString())) {
                    row.put("xattrs", xattrs.get(path.toString()));
                }
                rows.put(name, row);
            }
        }
        return rows;
    }

    private static Map<String, Object> row(Path path) throws IOException {
        Map<String, Object> stat = Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
        int mode = (Integer) stat.get("mode");
        String type = TYPES.get(mode >>> TYPE_SHIFT);
        Map<String, Object> row = new TreeMap<>();
        row.put("type", type);
        row.put("mode", "0o" + Integer.toOctalString(mode & 07777));
        row.put("mtime", ((FileTime) stat.get("lastModifiedTime")).to(TimeUnit.NANOSECONDS));
        for (String number : List.of("uid", "gid", "ino", "nlink")) {
            row.put(number, ((Number) stat.get(number)).longValue());
        }
        switch (type) {
            case "f" -> {
                row.put("size", stat.get("size"));
                row.put("sha256", sha256(path));
            }
            case "l" -> row.put("target", Files.readSymbolicLink(path).toString());
            case "b", "c" -> row.put("rdev", majorAndMinor((Long) stat.get("rdev")));
            default -> {}
        }
        return row;
    }

    /** As Linux packs the two into 64 bits for programs. */
    private static List<Long> majorAndMinor(long device) {
        long major = device >>> 8 & 0xFFF | device >>> 32 & ~0xFFFL;
        long minor = device & 0xFF | device >>> 12 & ~0xFFL & 0xFFFFFFFFL;
        return List.of(major, minor);
    }

    private static String sha256(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] piece = new byte[1 << 16];
            for (int count = in.read(piece); count > 0; count = in.read(piece)) {
                digest.update(piece, 0, count);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, Map<String, String>> xattrs(Path root) throws IOException, InterruptedException {
        Map<String, Map<String, String>> all = new TreeMap<>();
        String file = "";
        String dump = MountedFilesystem.run(
                "getfattr", "-R", "-P", "-h", "-d", "-m", "-", "-e", "hex", "--absolute-names", root.toString());
        for (String line : dump.split("\n")) {
            if (line.startsWith("# file: ")) {
                file = line.substring("# file: ".length());
            } else if (line.contains("=0x")) {
                String[] assignment = line.split("=0x", 2);
                all.computeIfAbsent(file, none -> new TreeMap<>()).put(assignment[0], assignment[1]);
            }
        }
        return all;
    }
}
