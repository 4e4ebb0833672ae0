package io.overlaybd.tools;

import io.overlaybd.io.BlobSink;
import io.overlaybd.io.BlobSource;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.FileSource;
import io.overlaybd.io.tar.TarSink;
import io.overlaybd.io.tar.TarWrapper;
import io.overlaybd.zfile.ZFile;
import io.overlaybd.zfile.ZFileOptions;
import io.overlaybd.zfile.ZFileWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compresses a file into a ZFile, extracts it, or verifies it; options and output as the original's. */
@picocli.CommandLine.Command(
        name = "overlaybd-zfile",
        versionProvider = Command.Version.class,
        sortOptions = false,
        description = {
            "Compress a file into a seekable, checksummed ZFile, extract it, or verify it.",
            "With one name only, that is the target and the data comes from standard input."
        },
        footer = {
            "",
            "Examples:",
            "  overlaybd-zfile --algorithm zstd --bs 16 layer layer.zfile",
            "  overlaybd-zfile --verify layer.zfile",
            "  overlaybd-zfile -x layer.zfile layer"
        })
public final class OverlaybdZFile extends Command {

    private static final int READ_BYTES = 1 << 20;

    @Parameters(index = "0", paramLabel = "SOURCE", description = "File to read; the target if it is the only name.")
    private Path source;

    @Parameters(index = "1", paramLabel = "TARGET", arity = "0..1", description = "File to create.")
    private Path target;

    @Option(names = "-x", description = "Extract.")
    private boolean extract;

    @Option(names = "-t", description = "The compressed file is wrapped in a tar.")
    private boolean tar;

    @Option(names = "--verify", description = "Check all checksums of SOURCE, in a tar or not, and create nothing.")
    private boolean verify;

    @Option(names = "-f", description = "Replace the target if it exists.")
    private boolean replace;

    @Mixin
    private CompressionOptions compression;

    /** Runs the command and exits. */
    public static void main(String[] arguments) {
        System.exit(execute(new OverlaybdZFile(), arguments));
    }

    @Override
    void run() throws IOException {
        ZFileOptions options = compression.of(this).withRewriteHeader(false);
        if (verify) {
            verify();
        } else if (extract) {
            extract();
        } else if (target == null) {
            compress(System.in, "standard input", 0, source, options);
        } else {
            compressFile(options);
        }
    }

    private void compressFile(ZFileOptions options) throws IOException {
        if (Files.isDirectory(source)) {
            throw new IOException(source + ": is a directory; name a file");
        }
        Target.refuseSameFile(source, target);
        try (InputStream in = Files.newInputStream(source)) {
            compress(in, source.toString(), Files.size(source), target, options);
        }
    }

    private void compress(InputStream in, String from, long totalBytes, Path to, ZFileOptions options)
            throws IOException {
        try (Target file = Target.create(to, replace);
                BlobSink sink = ZFileWriter.create(tar ? new TarSink(file.sink()) : file.sink(), options);
                Progress progress = Progress.start("compress", totalBytes)) {
            out().printf("compress file %s as %s%n", from, to);
            byte[] piece = new byte[READ_BYTES];
            for (int count; (count = in.readNBytes(piece, 0, piece.length)) > 0; ) {
                sink.write(ByteBuffer.wrap(piece, 0, count));
                progress.add(count);
            }
            sink.finish();
        }
        out().println("compress file done.");
    }

    private void extract() throws IOException {
        if (target == null) {
            throw usage("to extract, name both the source and the target");
        }
        Target.refuseSameFile(source, target);
        try (BlobSource plain = openPlain();
                RawOutput file = RawOutput.sparse(Target.createPrivate(target, replace));
                Progress progress = Progress.start("decompress", plain.sizeBytes());
                ParallelReads reads = new ParallelReads(plain::readFully, file, progress)) {
            out().printf("decompress file %s as %s%n", source, target);
            reads.copy(0, plain.sizeBytes());
            reads.drain();
            file.finish();
        }
        out().println("decompress file done.");
    }

    private BlobSource openPlain() throws IOException {
        BlobSource file = FileSource.open(source);
        try {
            BlobSource blob = TarWrapper.unwrap(file);
            if (blob != file && !tar) {
                throw new IOException(source + ": is wrapped in a tar; use -t");
            }
            if (!ZFile.probe(blob)) {
                throw new IOException(source + ": is no ZFile; name a file made by this command or by a layer's build");
            }
            return ZFile.open(blob);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private void verify() throws IOException {
        try (BlobSource blob = TarWrapper.unwrap(FileSource.open(source))) {
            if (!ZFile.probe(blob)) {
                throw new IOException("format error! " + source + " should be a zfile.");
            }
            ZFile.verify(blob);
        } catch (CorruptFormatException e) {
            throw new IOException(
                    source + " is not a valid zfile blob: " + e.getMessage() + "; fetch or build it again", e);
        }
        out().println(source + " is a valid zfile blob.");
    }
}
