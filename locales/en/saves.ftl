# What is shared and saved from a session.

share-heading = Share
share-card-do = A picture of this session: what came before, average and peak, top gifters. Without diamonds unless you add them.
share-size = Size of the picture
share-tall = Story, 1080 × 1920
share-wide = Link, 1200 × 630
share-hide = Name nobody
share-money = With diamonds
share-save = Save picture
share-report = Save report
report-totals = Totals
report-more-gifts = { $n ->
        [one] And { $n } more kind of gift.
       *[other] And { $n } more kinds of gifts.
    }
report-made = Made by Pasut { $version } on { $time }. All times are in { $zone }.
card-average = Average viewers
card-peak = Peak viewers
