package io.overlaybd.benchmarks;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.overlaybd.io.metrics.DeviceMeter;
import io.overlaybd.io.sys.UioFile;
import io.overlaybd.tcmu.loop.DeviceLoop;
import io.overlaybd.tcmu.loop.RingLoops;
import io.overlaybd.tcmu.scsi.LogicalUnit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * Serves zeros on the ring of a device of TCMU, with the loop, the ring and the commands of the daemon: the limit of the
 * transport. The device is one that nobody has to answer for ({@code nl_reply_supported=-1}).
 *
 * <pre>{@code
 *  NullBackstore MINOR SIZE_BYTES
 * }</pre>
 */
public final class NullBackstore {

    static final int MAX_TRANSFER_BYTES = 1 << 20;

    private NullBackstore() {}

    /** Serves until it is killed. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        UioFile file = openUio(arguments[0]);
        RingLoops loops = new RingLoops(1, new DefaultThreadFactory("ring", true));
        DeviceLoop loop = DeviceLoop.start("uio" + arguments[0], file, loops.next(), () -> System.exit(1));
        NullDevice zeros = new NullDevice(Long.parseLong(arguments[1]));
        loop.serve(new LogicalUnit(zeros, "0", "zeros", MAX_TRANSFER_BYTES), new DeviceMeter());
        System.out.println("serves");
        new CountDownLatch(1).await();
    }

    /** Opens the device of a minor number, with all of its memory. */
    static UioFile openUio(String minor) throws IOException {
        String uio = "uio" + Integer.parseInt(minor);
        String mapped = Files.readString(Path.of("/sys/class/uio", uio, "maps/map0/size"));
        return UioFile.open(Path.of("/dev", uio), Long.decode(mapped.strip()));
    }
}
