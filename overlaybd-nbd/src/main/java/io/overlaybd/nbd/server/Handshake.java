package io.overlaybd.nbd.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.overlaybd.nbd.protocol.Greeting;
import io.overlaybd.nbd.protocol.OptionHeader;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The first phase of a connection: greets, answers options, and puts the handler of the second phase in its own place.
 * A client has a bounded time and a bounded number of options for it, which also bounds what can wait to be sent.
 */
final class Handshake extends ByteToMessageDecoder {

    private static final int MAX_OPTIONS = 256;

    private final Export export;
    private final Duration deadline;
    private final Function<Agreement, RequestDecoder> transmission;
    private Negotiation negotiation;
    private Future<?> alarm;
    private int options;
    private boolean over;

    Handshake(Export export, Duration deadline, Function<Agreement, RequestDecoder> transmission) {
        this.export = export;
        this.deadline = deadline;
        this.transmission = transmission;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        ByteBuf out = ctx.alloc().buffer();
        Greeting.encodeServer(out);
        ctx.writeAndFlush(out);
        alarm = ctx.executor().schedule(() -> late(ctx), deadline.toMillis(), TimeUnit.MILLISECONDS);
        super.channelActive(ctx);
    }

    private void late(ChannelHandlerContext ctx) {
        ctx.fireExceptionCaught(new ProtocolException("the handshake took more than " + deadline.toMillis() + " ms"));
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws ProtocolException {
        if (over) {
            in.skipBytes(in.readableBytes());
        } else if (negotiation == null) {
            if (in.readableBytes() >= Greeting.CLIENT_BYTES) {
                negotiation = new Negotiation(export, Greeting.decodeClient(in));
            }
        } else if (in.readableBytes() >= OptionHeader.BYTES) {
            OptionHeader option = OptionHeader.decode(in);
            if (in.readableBytes() - OptionHeader.BYTES >= option.lengthBytes()) {
                in.skipBytes(OptionHeader.BYTES);
                answer(ctx, option, in.readSlice(option.lengthBytes()));
            }
        }
    }

    private void answer(ChannelHandlerContext ctx, OptionHeader option, ByteBuf data) throws ProtocolException {
        if (++options > MAX_OPTIONS) {
            throw new ProtocolException("more than " + MAX_OPTIONS + " options");
        }
        ByteBuf out = ctx.alloc().buffer();
        Negotiation.Next next;
        try {
            next = negotiation.answer(option, data, out);
        } catch (Throwable e) {
            out.release();
            throw e;
        }
        ChannelFuture sent = ctx.writeAndFlush(out);
        switch (next) {
            case OPTION -> {}
            case TRANSMISSION -> ctx.pipeline().replace(this, null, transmission.apply(negotiation.agreement()));
            case CLOSE -> {
                over = true;
                sent.addListener(ChannelFutureListener.CLOSE);
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        over = true;
        super.exceptionCaught(ctx, cause);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event == Drain.NOW) {
            ctx.close();
        } else {
            super.userEventTriggered(ctx, event);
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        if (alarm != null) {
            alarm.cancel(false);
        }
    }
}
