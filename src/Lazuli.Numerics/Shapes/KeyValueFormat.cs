namespace Lazuli.Numerics;

/// <summary>How keys and values are kept between steps.</summary>
public enum KeyValueFormat : byte
{
    /// <summary>IEEE binary32: as they were computed.</summary>
    F32 = 0,

    /// <summary>IEEE binary16, rounded to nearest; sizes beyond 65,504 become that.</summary>
    F16 = 1,

    /// <summary>32 channels <c>d·q</c>: d in binary16, then 32 signed bytes, as GGML has it: 8.5 bits a channel. Heads are whole blocks.</summary>
    Q8_0 = 2,
}
