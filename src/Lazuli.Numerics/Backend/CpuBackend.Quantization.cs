namespace Lazuli.Numerics;

/// <content>Weights in stored formats.</content>
public sealed unsafe partial class CpuBackend
{
    public DeviceBuffer MapBytes(nint address, long byteLength)
    {
        ArgumentOutOfRangeException.ThrowIfZero(address);
        ArgumentOutOfRangeException.ThrowIfNegative(byteLength);
        return new DeviceBuffer(address, byteLength, ElementType.Byte, device: 0);
    }
}
