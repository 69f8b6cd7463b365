# What numbers are called, and what each means.

metric-ask = What is this: { $metric }
metric-viewers-now = Viewers now
metric-viewers-now-means = The newest count from TikTok. Older than 30 seconds, it shows its age.
metric-average = Average viewers
metric-average-means = Average over time, connected minutes only.
metric-peak = Peak
metric-peak-means = The highest viewer count, with its clock time.
metric-hold = Hold curve
metric-hold-means = Viewers divided by the peak, over elapsed time. TikTok does not say who left.
metric-viewer-hours = Viewer-hours
metric-viewer-hours-means = Viewers added up over connected time: 60 viewers for one hour are 60 viewer-hours. Rates rest on it.
metric-engaged = Engaged viewers
metric-engaged-means = People who commented, liked, gifted, shared or followed, divided by people seen.
metric-follow-rate = Follows per 1,000 viewer-minutes
metric-follow-rate-means = New follows divided by viewer-minutes, times 1,000.
metric-gifter-rate = Gifter conversion
metric-gifter-rate-means = People who gifted, divided by people seen.
metric-value-rate = Diamonds per viewer-hour
metric-value-rate-means = Diamonds for the creator divided by viewer-hours. Compares long and short sessions.
metric-new-returning = New · Returning
metric-new-returning-means = Returning: also seen in an earlier session that began within the 30 days before. New: everyone else seen.
metric-return-rate = Gifters who came back
metric-return-rate-means = Gifters of the previous session who were seen again in this one.
metric-coverage = Recorded
metric-coverage-means = Connected minutes divided by session minutes.
