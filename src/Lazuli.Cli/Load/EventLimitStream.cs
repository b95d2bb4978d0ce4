using System.Globalization;

namespace Lazuli.Cli;

/// <summary>Passes an event stream through and ends it where one event grows without end, which would fill the memory.</summary>
/// <param name="events">Read from here; stays the caller's.</param>
/// <param name="mostEventBytes">Longest event, its line ends included.</param>
internal sealed class EventLimitStream(Stream events, int mostEventBytes) : Stream
{
    private int _eventBytes;
    private bool _atLineStart = true;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Count(buffer.AsSpan(offset, events.Read(buffer, offset, count)));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await events.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        return Count(buffer.Span[..read]);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Counts the bytes of the current event; an empty line ends it, whichever way lines end.</summary>
    private int Count(ReadOnlySpan<byte> read)
    {
        foreach (byte b in read)
        {
            bool isLineEnd = b is (byte)'\n' or (byte)'\r';
            _eventBytes = isLineEnd && _atLineStart ? 0 : _eventBytes + 1;
            _atLineStart = isLineEnd;
            if (_eventBytes > mostEventBytes)
            {
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"An event of the stream is longer than {mostEventBytes} bytes."));
            }
        }

        return read.Length;
    }
}
