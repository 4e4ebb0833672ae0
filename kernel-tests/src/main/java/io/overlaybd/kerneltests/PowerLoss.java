package io.overlaybd.kerneltests;

import io.overlaybd.kerneltests.Moments.Moment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.List;

/**
 * The two halves of a trial of power loss.
 *
 * <pre>
 *  PowerLoss load FOLDER STEPS DEVICE
 *      does so many of the {@link Steps} in a folder. When one is done, its number becomes a mark in the log of the
 *      dm-log-writes device of this name.
 *  PowerLoss replay LOG DISK COUNT
 *      replays a log on a disk of zeros, to COUNT moments behind the mark "created". Takes commands from standard input, a
 *      line each, and answers each with a line:
 *          next            moves on                       "at ENTRY MARK", "end"
 *          unflushed DISK  adds to a copy of the disk     "added WRITES"
 *                          some of what came next
 *          check FOLDER    compares it with the steps     "whole", "wrong: REASON"
 * </pre>
 */
public final class PowerLoss {

    /** The first mark: the image is there, and empty. */
    private static final String CREATED = "created";

    /** The second: there is a file system in it. */
    private static final String FORMATTED = "formatted";

    private final Replay replay;
    private final Iterator<Moment> moments;
    private Moment moment;

    private PowerLoss(Replay replay, List<Moment> moments) {
        this.replay = replay;
        this.moments = moments.iterator();
    }

    /** As described above. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length == 4 && arguments[0].equals("load")) {
            load(Path.of(arguments[1]), Integer.parseInt(arguments[2]), arguments[3]);
        } else if (arguments.length == 4 && arguments[0].equals("replay")) {
            replay(Path.of(arguments[1]), Path.of(arguments[2]), Integer.parseInt(arguments[3]));
        } else {
            System.err.println("usage: PowerLoss load FOLDER STEPS DEVICE | replay LOG DISK COUNT");
            System.exit(2);
        }
    }

    private static void load(Path folder, int count, String device) throws IOException, InterruptedException {
        Steps steps = new Steps(folder);
        for (int step = 0; step < count; step++) {
            steps.perform(step);
            int status = new ProcessBuilder("dmsetup", "message", device, "0", "mark", Integer.toString(step))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IOException(device + ": step " + step + " cannot be marked, dmsetup exits with " + status);
            }
        }
    }

    private static void replay(Path logFile, Path diskFile, int count) throws IOException {
        try (WriteLog log = WriteLog.open(logFile);
                FileChannel disk = FileChannel.open(diskFile, StandardOpenOption.WRITE)) {
            List<Moment> all = Moments.after(CREATED, log.entries());
            System.out.println("moments " + all.size());
            new PowerLoss(new Replay(log, disk), Moments.spread(all, count)).serve();
        }
    }

    private void serve() throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split(" ");
            System.out.println(
                    switch (words[0]) {
                        case "next" -> next();
                        case "unflushed" -> addUnflushed(Path.of(words[1]));
                        case "check" -> check(Path.of(words[1]));
                        default -> "unknown: " + line;
                    });
        }
    }

    private String next() throws IOException {
        if (!moments.hasNext()) {
            return "end";
        }
        moment = moments.next();
        replay.moveTo(moment);
        return "at " + moment.entries() + " " + moment.mark();
    }

    private String addUnflushed(Path copy) throws IOException {
        try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            return "added " + replay.addUnflushed(channel);
        }
    }

    private String check(Path folder) {
        int done = moment.mark().equals(FORMATTED) ? -1 : Integer.parseInt(moment.mark());
        try {
            new Steps(folder).check(done);
            return "whole";
        } catch (IOException e) {
            return "wrong: " + e;
        }
    }
}
