package io.overlaybd.benchmarks;

import io.overlaybd.core.LayerIdentity;
import io.overlaybd.core.WritableLayer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Makes what a commit is measured with: a writable layer of mixed data, and the same bytes as a plain file for other compressors.
 * In pieces of 1 MiB, by turns: text of random words, programs and libraries of this system, random bytes, zeros. The same on every run
 * on the same system.
 */
public final class CommitSample {

    private static final int PIECE_BYTES = 1 << 20;
    private static final int KINDS = 4;

    private final Random random = new Random(1);
    private final Iterator<Path> programs;
    private final byte[] piece = new byte[PIECE_BYTES];
    private FileChannel program;

    private CommitSample(List<Path> programs) {
        this.programs = programs.iterator();
    }

    /** Arguments: MiB, the data file and index file of the layer, the plain file; none may exist. */
    public static void main(String[] arguments) throws IOException {
        int pieces = Integer.parseInt(arguments[0]);
        LayerIdentity identity = LayerIdentity.ofSize((long) pieces * PIECE_BYTES);
        try (Stream<Path> files = Files.list(Path.of("/usr/bin"));
                Stream<Path> libraries = Files.walk(Path.of("/usr/lib"));
                WritableLayer layer = WritableLayer.create(
                        WritableLayer.Kind.LOG, Path.of(arguments[1]), Path.of(arguments[2]), identity);
                FileChannel plain = FileChannel.open(
                        Path.of(arguments[3]), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            List<Path> programs = Stream.concat(files, libraries)
                    .filter(path -> Files.isRegularFile(path) && Files.isReadable(path))
                    .sorted()
                    .toList();
            CommitSample sample = new CommitSample(programs);
            for (int i = 0; i < pieces; i++) {
                sample.fill(i % KINDS);
                layer.write((long) i * PIECE_BYTES, ByteBuffer.wrap(sample.piece));
                plain.write(ByteBuffer.wrap(sample.piece));
            }
        }
    }

    private void fill(int kind) throws IOException {
        switch (kind) {
            case 0 -> text();
            case 1 -> programs();
            case 2 -> random.nextBytes(piece);
            default -> Arrays.fill(piece, (byte) 0);
        }
    }

    private void text() {
        for (int at = 0; at < PIECE_BYTES; ) {
            byte[] word = (Integer.toString(random.nextInt(20_000), 26) + ' ').getBytes(StandardCharsets.US_ASCII);
            int length = Math.min(word.length, PIECE_BYTES - at);
            System.arraycopy(word, 0, piece, at, length);
            at += length;
        }
    }

    /** What is missing once all programs were read is zeros. */
    private void programs() throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(piece);
        while (rest.hasRemaining() && (program != null || programs.hasNext())) {
            program = program == null ? FileChannel.open(programs.next()) : program;
            if (program.read(rest) < 0) {
                program.close();
                program = null;
            }
        }
        Arrays.fill(piece, rest.position(), PIECE_BYTES, (byte) 0);
    }
}
