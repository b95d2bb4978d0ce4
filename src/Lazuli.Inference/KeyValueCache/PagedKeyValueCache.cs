using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Inference;

/// <summary>Keys and values of all running sequences in device memory, in pages, with the table that finds them.</summary>
internal sealed class PagedKeyValueCache : IDisposable
{
    private readonly IBackend _backend;
    private readonly DeviceArena _arena;
    private readonly DeviceBuffer[] _keys;
    private readonly DeviceBuffer[] _values;

    public PagedKeyValueCache(IBackend backend, ModelConfig config, PageTable table, KeyValueFormat format = KeyValueFormat.F32)
    {
        _backend = backend;
        Table = table;
        Format = format;
        long poolBytes = (long)table.Pages * table.PageSize * Shape(config, format).PoolRowBytes;
        long tableLength = (long)table.Slots * table.PagesPerSequence;
        _arena = backend.CreateArena("key-value", (2 * config.Layers * poolBytes) + (tableLength * sizeof(int)));
        _keys = new DeviceBuffer[config.Layers];
        _values = new DeviceBuffer[config.Layers];
        for (int layer = 0; layer < config.Layers; layer++)
        {
            _keys[layer] = Pool();
            _values[layer] = Pool();
        }

        DeviceTable = _arena.Integers(tableLength);

        DeviceBuffer Pool() => format == KeyValueFormat.F32 ? _arena.Floats(poolBytes / sizeof(float)) : _arena.Bytes(poolBytes);
    }

    /// <summary>How keys and values are kept.</summary>
    public KeyValueFormat Format { get; }

    /// <summary>Who holds which page.</summary>
    public PageTable Table { get; }

    /// <summary>The table on the device [slots, pagesPerSequence].</summary>
    public DeviceBuffer DeviceTable { get; }

    /// <summary>Key pool of a layer [pages, G, pageSize, D].</summary>
    public DeviceBuffer Keys(int layer) => _keys[layer];

    /// <summary>Value pool of a layer [pages, G, pageSize, D].</summary>
    public DeviceBuffer Values(int layer) => _values[layer];

    /// <summary>Bytes that one token takes over all layers.</summary>
    public static long BytesPerToken(ModelConfig config, KeyValueFormat format) => 2L * config.Layers * Shape(config, format).PoolRowBytes;

    /// <summary>A format that the model's heads are whole blocks of: the one asked for, else F16.</summary>
    public static KeyValueFormat Fitting(ModelConfig config, KeyValueFormat asked) =>
        asked == KeyValueFormat.Q8_0 && config.HeadSize % 32 != 0 ? KeyValueFormat.F16 : asked;

    private static PagedAttentionShape Shape(ModelConfig config, KeyValueFormat format) => new(0, config.Heads, config.KeyValueHeads, config.HeadSize, 1, 1, format);

    /// <summary>Opens a sequence as <see cref="PageTable.TryOpen"/> does and tells the device.</summary>
    public int TryOpen(int tokens, ReadOnlySpan<int> shared)
    {
        int slot = Table.TryOpen(tokens, shared);
        if (slot >= 0)
        {
            Publish(slot);
        }

        return slot;
    }

    /// <summary>Tells the device which pages a sequence holds, after the table changed.</summary>
    public void Publish(int slot) => _backend.Upload(Table.RowOf(slot), DeviceTable.Slice((long)slot * Table.PagesPerSequence, Table.PagesPerSequence));

    public void Dispose() => _arena.Dispose();
}
