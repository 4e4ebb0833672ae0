package io.overlaybd.nbd.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.overlaybd.nbd.protocol.RequestHeader;
import java.net.ProtocolException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The second phase of a connection: cuts the stream into requests and begins them, as long as the conversation admits
 * any. While it does not, nothing is read from the socket, and the client's own sends come to a halt.
 */
final class RequestDecoder extends ByteToMessageDecoder {

    private static final Logger LOG = LoggerFactory.getLogger(RequestDecoder.class);

    private final CommandTable commands;
    private final MemoryBudget budget;
    private final Agreement agreement;
    private ChannelHandlerContext context;
    private Conversation conversation;
    private Incoming payload;
    private boolean paused;

    RequestDecoder(CommandTable commands, MemoryBudget budget, Agreement agreement) {
        this.commands = commands;
        this.budget = budget;
        this.agreement = agreement;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        conversation = new Conversation(ctx.channel(), agreement, budget, this::resume);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws ProtocolException {
        if (paused) {
            return; // a payload was taken in part: the rest waits until it is told that there is room
        }
        if (payload != null) {
            takePayload(ctx, in);
        } else if (in.readableBytes() >= RequestHeader.BYTES) {
            RequestHeader request = RequestHeader.decode(in);
            boolean needsToBeAlone = commands.needsToBeAlone(request, agreement);
            if (!conversation.admits(needsToBeAlone)) {
                pause(ctx);
                return;
            }
            in.skipBytes(RequestHeader.BYTES);
            conversation.begin(needsToBeAlone);
            begin(request);
        }
    }

    private void begin(RequestHeader request) {
        if (request.payloadBytes() > 0) {
            payload = commands.receive(request, conversation);
        } else {
            commands.begin(request, conversation);
        }
    }

    private void takePayload(ChannelHandlerContext ctx, ByteBuf in) {
        if (payload.take(in)) {
            payload = null;
        } else if (in.isReadable()) {
            pause(ctx);
        }
    }

    private void pause(ChannelHandlerContext ctx) {
        paused = true;
        ctx.channel().config().setAutoRead(false);
    }

    private void resume() {
        if (paused) {
            paused = false;
            context.channel().eventLoop().execute(this::readOn);
        }
    }

    /** Looks again at the bytes that were left, the way they came first, and at the socket. */
    private void readOn() {
        ChannelPipeline pipeline = context.pipeline();
        pipeline.fireChannelRead(Unpooled.EMPTY_BUFFER);
        if (!paused) {
            context.channel().config().setAutoRead(true);
        }
        pipeline.fireChannelReadComplete();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        if (paused) { // the inherited method would ask the socket for more
            discardSomeReadBytes();
            ctx.fireChannelReadComplete();
        } else {
            super.channelReadComplete(ctx);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event == Drain.NOW) {
            conversation.end();
        } else {
            super.userEventTriggered(ctx, event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        gone();
        super.exceptionCaught(ctx, cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        if (conversation.isOpen() && (conversation.isBusy() || internalBuffer().isReadable())) {
            LOG.info("{}: gone in the middle of a request", Peer.of(ctx.channel()));
        }
        gone();
        super.channelInactive(ctx);
    }

    private void gone() {
        conversation.gone();
        if (payload != null) {
            payload.abandon();
        }
    }
}
